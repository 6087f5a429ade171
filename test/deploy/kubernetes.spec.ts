import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readConfig, readDatabaseUrl, variables } from '#libs/config';
import { projectRoot } from '#libs/local-services';
import { kedaSchemas } from './keda-schema.js';
import { manifests, type Manifest, type Pod } from './manifests.js';

const files = manifests();
const resources = [...files].filter(([file]) => file !== 'kustomization.yaml').flatMap(([, documents]) => documents);
const named = (kind: string, name: string): Manifest => {
  const found = resources.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const podOf = (manifest: Manifest): Pod =>
  (manifest.spec as { readonly template: { readonly spec: Pod } }).template.spec;
const pods = ['migrate', 'api', 'worker'].map(
  (part) => [part, podOf(named(part === 'migrate' ? 'Job' : 'Deployment', `timbre-${part}`))] as const,
);
const config = named('ConfigMap', 'timbre-config').data ?? {};
const secrets = named('Secret', 'timbre-secrets').stringData ?? {};

interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly name: string };
  readonly minReplicaCount: number;
  readonly advanced: {
    readonly horizontalPodAutoscalerConfig: {
      readonly behavior: { readonly scaleDown: { readonly policies: readonly object[] } };
    };
  };
}

interface NetworkPolicySpec {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

interface PolicyRule {
  readonly from?: readonly object[];
  readonly ports?: readonly { readonly protocol: string; readonly port: string | number }[];
}

interface Model {
  validate(): void;
}
type Models = Readonly<Record<string, new (manifest: Manifest) => Model>>;

/** The secrets that every process needs. Operators with a connection pooler need one more. */
const secretNames = Object.values(variables)
  .filter(({ isSecret, name }) => isSecret && name !== 'DATABASE_DIRECT_URL')
  .map(({ name }) => name);

/**
 * Validates against the published schemas: Kubernetes' own, and KEDA's CustomResourceDefinitions. No CRD describes the
 * fields of a KEDA trigger, so keda-schema.ts checks those as well. Throws if a manifest is invalid.
 */
function validate(manifest: Manifest): void {
  const { apiVersion, kind } = manifest;
  const isKeda = apiVersion.startsWith('keda.sh/');
  const door = isKeda ? `@kubernetes-models/keda/${apiVersion}` : `kubernetes-models/${apiVersion}`;
  const models = createRequire(import.meta.url)(door) as Models;
  const KindModel = models[kind];
  if (KindModel === undefined) throw new Error(`${door} knows no ${kind}`);
  new KindModel(manifest).validate();
  if (!isKeda) return;
  const ajv = new Ajv({ allErrors: true, strict: true });
  const schema = kedaSchemas[kind as keyof typeof kedaSchemas];
  if (!ajv.validate(schema, manifest)) throw new Error(ajv.errorsText());
}

describe('the Kubernetes manifests', () => {
  it.each(resources.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))('%s is valid', (_, manifest) => {
    expect(() => validate(manifest)).not.toThrow();
  });

  it.each([
    ['Deployment', 'timbre-api', { replicas: 'two' }],
    ['ScaledObject', 'timbre-worker', { maxReplicas: 20 }],
    ['ScaledObject', 'timbre-worker', { fallback: { failureThreshold: 'four', replicas: 4 } }],
  ])('an invalid %s is rejected', (kind, name, mistake) => {
    const good = named(kind, name);
    expect(() => validate({ ...good, spec: { ...(good.spec as object), ...mistake } })).toThrow();
  });

  it('are all in the kustomization, except the example secrets', () => {
    const [kustomization] = files.get('kustomization.yaml') ?? [];
    const listed = new Set(kustomization?.resources);
    expect([...files.keys()].filter((file) => !listed.has(file)).sort()).toEqual([
      'kustomization.yaml',
      'secret.example.yaml',
    ]);
  });

  it.each(pods)('%s gets an environment that the configuration accepts, its secrets from files', (part, pod) => {
    const [container] = pod.containers;
    const given = new Map((container.env ?? []).map(({ name, value }) => [name, value]));
    const files = [...given.keys()].filter((name) => name.endsWith('_FILE'));
    const needed = part === 'migrate' ? ['DATABASE_URL'] : secretNames;
    expect(files.sort()).toEqual(needed.map((name) => `${name}_FILE`).sort());
    const mount = container.volumeMounts?.find(({ name }) => name === 'secrets')?.mountPath;
    for (const name of files) expect(given.get(name)).toBe(`${mount}/${name.replace(/_FILE$/, '')}`);
    expect(Object.keys(secrets).sort()).toEqual([...secretNames].sort());
    const plain = Object.fromEntries([...given].filter(([name]) => !name.endsWith('_FILE')));
    const held = Object.fromEntries(needed.map((name) => [name, secrets[name]]));
    if (part === 'migrate') expect(readDatabaseUrl({ ...plain, ...held })).toBe(secrets['DATABASE_URL']);
    else expect(() => readConfig({ ...config, ...plain, ...held })).not.toThrow();
    const known: string[] = Object.values(variables).map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining([...Object.keys(config), ...Object.keys(plain)]));
  });

  it.each(pods)(
    '%s runs a file that the build creates, as an unprivileged user, and can write nowhere else',
    (_, pod) => {
      const [container] = pod.containers;
      expect(existsSync(path.join(projectRoot, container.command[1] ?? 'no command'))).toBe(true);
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const mounted = container.volumeMounts?.map(({ name }) => name).sort();
      expect(mounted).toEqual(pod.volumes?.map(({ name }) => name).sort());
      expect(container.resources).toMatchObject({
        requests: expect.any(Object),
        limits: { memory: expect.any(String) },
      });
      expect(container.volumeMounts?.find(({ name }) => name === 'data')?.mountPath).toBe(config['DATA_DIR']);
    },
  );

  it('gives processes time to finish before they are killed', () => {
    for (const [part, { terminationGracePeriodSeconds, containers }] of pods.slice(1)) {
      const own = containers[0].env?.find(({ name }) => name === 'SHUTDOWN_GRACE_SECONDS')?.value;
      const graceSeconds = Number(own ?? config['SHUTDOWN_GRACE_SECONDS']);
      const delaySeconds = part === 'api' ? Number(config['SHUTDOWN_DELAY_SECONDS']) : 0;
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(delaySeconds + graceSeconds + 10);
    }
  });

  it('gives a worker time to finish the longest recording when it is scaled in', () => {
    const worker = podOf(named('Deployment', 'timbre-worker')).containers[0];
    const environment = Object.fromEntries((worker.env ?? []).map(({ name, value }) => [name, value]));
    const plain = Object.entries(environment).filter(([name]) => !name.endsWith('_FILE'));
    const { shutdownGraceSeconds, maxRecordingSeconds } = readConfig({
      ...config,
      ...Object.fromEntries(plain),
      ...secrets,
    });
    // An hour took 17.8 s of CPU (docs/performance.md); a busy node takes a few times as long.
    expect(shutdownGraceSeconds).toBeGreaterThanOrEqual(5 * (maxRecordingSeconds / 3600) * 17.8);
  });

  it.each(['api', 'worker'])('never disrupts more than one %s voluntarily', (part) => {
    const budget = named('PodDisruptionBudget', `timbre-${part}`).spec as {
      readonly maxUnavailable: number;
      readonly selector: { readonly matchLabels: object };
    };
    const { selector } = named('Deployment', `timbre-${part}`).spec as { readonly selector: object };
    expect(budget.maxUnavailable).toBe(1);
    expect(budget.selector).toEqual(selector);
  });

  it('scales workers down one at a time, and never to zero, because upkeep runs in them', () => {
    const scaling = named('ScaledObject', 'timbre-worker').spec as ScaledObjectSpec;
    expect(scaling.scaleTargetRef.name).toBe(named('Deployment', 'timbre-worker').metadata.name);
    expect(scaling.minReplicaCount).toBeGreaterThanOrEqual(1);
    const { policies } = scaling.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown;
    expect(policies).toEqual([{ type: 'Pods', value: 1, periodSeconds: 60 }]);
    // A number of replicas in the Deployment would undo KEDA's decision with every release.
    expect(named('Deployment', 'timbre-worker').spec).not.toHaveProperty('replicas');
  });

  it('probes ports and routes that exist', () => {
    const routes = { http: ['/api/health/live', '/api/health/ready'], metrics: ['/health/live', '/health/ready'] };
    for (const [, pod] of pods.slice(1)) {
      const [{ ports = [], startupProbe, livenessProbe, readinessProbe }] = pod.containers;
      const probes = [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
      expect(probes.length).toBeGreaterThanOrEqual(2);
      for (const { httpGet } of probes) {
        expect(ports.map(({ name }) => name)).toContain(httpGet.port);
        expect(routes[httpGet.port as keyof typeof routes]).toContain(httpGet.path);
      }
      const metrics = ports.find(({ name }) => name === 'metrics');
      expect(String(metrics?.containerPort)).toBe(config['METRICS_PORT']);
    }
  });

  describe('network policies', () => {
    const policies = resources.filter(({ kind }) => kind === 'NetworkPolicy');
    const specs = policies.map(({ spec }) => spec as NetworkPolicySpec);
    const labelsOf = (kind: string, name: string): Readonly<Record<string, string>> =>
      (
        named(kind, name).spec as {
          readonly template: { readonly metadata: { readonly labels: Record<string, string> } };
        }
      ).template.metadata.labels;
    const ofPod = (labels: Readonly<Record<string, string>>): NetworkPolicySpec[] =>
      specs.filter(({ podSelector }) =>
        Object.entries(podSelector.matchLabels).every(([key, value]) => labels[key] === value),
      );
    const openPorts = (labels: Readonly<Record<string, string>>): unknown[] =>
      ofPod(labels).flatMap(({ ingress = [] }) =>
        ingress.flatMap(({ from, ports = [] }) => ports.map(({ port }) => [port, from !== undefined])),
      );

    it.each([
      ['Job', 'timbre-migrate', [['metrics', true]]],
      ['Deployment', 'timbre-worker', [['metrics', true]]],
      [
        'Deployment',
        'timbre-api',
        [
          ['http', false],
          ['metrics', true],
        ],
      ],
    ])('open only its own ports to a %s %s, and metrics only to Prometheus', (kind, name, ports) => {
      const labels = labelsOf(kind, name);
      expect(openPorts(labels)).toEqual(ports);
      expect(new Set(ofPod(labels).flatMap(({ policyTypes }) => policyTypes))).toEqual(new Set(['Ingress', 'Egress']));
    });

    it('allow egress to configured services, name servers and HTTPS, but not to a metadata service', () => {
      const out = specs.flatMap(({ egress = [] }) => egress.flatMap(({ ports = [] }) => ports));
      const { databaseUrl, redisUrl } = readConfig({ ...config, ...secrets });
      const used = [databaseUrl, redisUrl].map((url) => Number(new URL(url).port));
      expect(used).toEqual([5432, 6379]);
      expect(out.map(({ protocol, port }) => `${protocol} ${port}`).sort()).toEqual(
        ['TCP 443', 'TCP 53', 'UDP 53', ...used.map((port) => `TCP ${port}`)].sort(),
      );
    });
  });
});
