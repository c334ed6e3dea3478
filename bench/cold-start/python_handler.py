"""What a Python function needs for the same services: loaded once per environment, as on Lambda."""

import json
import logging
import os

import boto3

logging.getLogger().setLevel(logging.INFO)
clients = {name: boto3.client(name) for name in os.environ["SERVICES"].split(",")}


def handler(event, context):
    logging.info(json.dumps(event))
