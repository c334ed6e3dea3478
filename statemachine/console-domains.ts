/** The domains of the consoles of partitions other than `aws`. */
export const consoleDomains: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

export const defaultConsoleDomain = 'console.aws.amazon.com';
