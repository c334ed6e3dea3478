import { App, Stack } from 'aws-cdk-lib';
// In an app of your own: from 'spot-interruption-handler'.
import { HandlerAlarms, HandlerDashboard, NotificationTopic, SpotInterruptionHandler } from '../../infra/index.ts';

const app = new App();
const stack = new Stack(app, 'SpotInterruptions');

const { topic } = new NotificationTopic(stack, 'Notifications', ['ops@example.com']);
const handler = new SpotInterruptionHandler(stack, 'Handler', {
  groupTag: { key: 'spot-interruption-handler', value: 'yes' },
  minServing: '90%',
  notificationTopic: topic,
});
const { alarms } = new HandlerAlarms(stack, 'Alarms', { handler });
new HandlerDashboard(stack, 'Dashboard', { handler, alarms: Object.values(alarms) });

app.synth();
