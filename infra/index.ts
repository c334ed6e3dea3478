/**
 * What `spot-interruption-handler` offers to apps of AWS CDK. The unit of a number is in its name.
 *
 * @packageDocumentation
 */

export { type GroupTag, InvalidConfig } from '../functions/configuration/handler-config.ts';
export { type FunctionName, functionNames, type LeaveBy, leaveByChoices } from '../functions/shared/contract.ts';
export { type MetricName, metricUnits } from '../functions/telemetry/metric-names.ts';
export { type AlarmName, HandlerAlarms, type HandlerAlarmsProps } from './alarms.ts';
export type { Notifications } from './context.ts';
export { HandlerDashboard, type HandlerDashboardProps } from './dashboard.ts';
export { NotificationTopic } from './notification-topic.ts';
export { SpotInterruptionHandler, type SpotInterruptionHandlerProps } from './spot-interruption-handler.ts';
export { SpotInterruptionStack, type SpotInterruptionStackProps } from './spot-interruption-stack.ts';
