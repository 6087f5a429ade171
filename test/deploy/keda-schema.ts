/**
 * A JSON schema of the KEDA fields that our manifests use, written from its documentation (keda.sh/docs/latest,
 * "ScaledObject specification", "TriggerAuthentication", "PostgreSQL" scaler). It rejects unknown fields, because with
 * a misspelt field a scaler never scales.
 */
const name = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' } as const;

const closed = <P extends object>(properties: P, required: readonly (keyof P)[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const resource = (kind: string, spec: object): object =>
  closed(
    {
      apiVersion: { const: 'keda.sh/v1alpha1' },
      kind: { const: kind },
      metadata: closed({ name, namespace: name }, ['name']),
      spec,
    },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  );

const count = { type: 'integer', minimum: 0 } as const;

const postgresTrigger = closed(
  {
    type: { const: 'postgresql' },
    metricType: { enum: ['AverageValue', 'Value'] },
    // Every value of a trigger's metadata is a string.
    metadata: closed(
      {
        query: { type: 'string', minLength: 1 },
        targetQueryValue: { type: 'string', pattern: '^\\d+(\\.\\d+)?$' },
        activationTargetQueryValue: { type: 'string', pattern: '^\\d+(\\.\\d+)?$' },
        connectionFromEnv: { type: 'string' },
      },
      ['query', 'targetQueryValue'],
    ),
    authenticationRef: closed({ name }, ['name']),
  },
  ['type', 'metadata'],
);

const scalingPolicy = closed(
  { type: { enum: ['Pods', 'Percent'] }, value: count, periodSeconds: { ...count, maximum: 1800 } },
  ['type', 'value', 'periodSeconds'],
);
const scalingRules = closed(
  {
    stabilizationWindowSeconds: { ...count, maximum: 3600 },
    policies: { type: 'array', items: scalingPolicy },
    selectPolicy: { enum: ['Max', 'Min', 'Disabled'] },
  },
  [],
);

export const kedaSchemas = {
  ScaledObject: resource(
    'ScaledObject',
    closed(
      {
        scaleTargetRef: closed({ apiVersion: { type: 'string' }, kind: { type: 'string' }, name }, ['name']),
        pollingInterval: count,
        cooldownPeriod: count,
        minReplicaCount: count,
        maxReplicaCount: count,
        fallback: closed({ failureThreshold: count, replicas: count }, ['failureThreshold', 'replicas']),
        advanced: closed(
          {
            horizontalPodAutoscalerConfig: closed(
              { behavior: closed({ scaleDown: scalingRules, scaleUp: scalingRules }, []) },
              [],
            ),
          },
          [],
        ),
        triggers: { type: 'array', minItems: 1, items: postgresTrigger },
      },
      ['scaleTargetRef', 'triggers'],
    ),
  ),
  TriggerAuthentication: resource(
    'TriggerAuthentication',
    closed(
      {
        secretTargetRef: {
          type: 'array',
          items: closed({ parameter: { type: 'string' }, name, key: { type: 'string' } }, ['parameter', 'name', 'key']),
        },
      },
      ['secretTargetRef'],
    ),
  ),
} as const;
