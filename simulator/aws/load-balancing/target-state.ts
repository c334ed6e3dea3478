/** Elastic Load Balancing's TargetHealth.State. An instance that is not registered is `unused` as well. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
