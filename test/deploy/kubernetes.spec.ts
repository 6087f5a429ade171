import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readConfig, variables } from '#libs/config';
import { projectRoot } from '../../apps/standalone/src/project-root.js';
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

interface Model {
  validate(): void;
}
type Models = Readonly<Record<string, new (manifest: Manifest) => Model>>;

/**
 * Published schemas: Kubernetes' own, and KEDA's CustomResourceDefinitions. What a trigger of KEDA needs no CRD says, so
 * of KEDA there is a schema of ours, from its documentation, beside. Throws what is wrong.
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
  it.each(resources.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))('%s is one', (_, manifest) => {
    expect(() => validate(manifest)).not.toThrow();
  });

  it.each([
    ['Deployment', 'timbre-api', { replicas: 'two' }],
    ['ScaledObject', 'timbre-worker', { maxReplicas: 20 }],
    ['ScaledObject', 'timbre-worker', { fallback: { failureThreshold: 'four', replicas: 4 } }],
  ])('a %s with a mistake is none', (kind, name, mistake) => {
    const good = named(kind, name);
    expect(() => validate({ ...good, spec: { ...(good.spec as object), ...mistake } })).toThrow();
  });

  it('are all in the kustomization, but the example of secrets', () => {
    const [kustomization] = files.get('kustomization.yaml') ?? [];
    const listed = new Set(kustomization?.resources);
    expect([...files.keys()].filter((file) => !listed.has(file)).sort()).toEqual([
      'kustomization.yaml',
      'secret.example.yaml',
    ]);
  });

  it.each(pods)('%s gets an environment that the configuration accepts, its secrets from files', (_, pod) => {
    const [container] = pod.containers;
    const given = new Map((container.env ?? []).map(({ name, value }) => [name, value]));
    const files = [...given.keys()].filter((name) => name.endsWith('_FILE'));
    const secretNames = Object.values(variables).filter(({ isSecret }) => isSecret);
    expect(files.sort()).toEqual(secretNames.map(({ name }) => `${name}_FILE`).sort());
    const mount = container.volumeMounts?.find(({ name }) => name === 'secrets')?.mountPath;
    for (const name of files) expect(given.get(name)).toBe(`${mount}/${name.replace(/_FILE$/, '')}`);
    expect(Object.keys(secrets).sort()).toEqual(secretNames.map(({ name }) => name).sort());
    const plain = Object.fromEntries([...given].filter(([name]) => !name.endsWith('_FILE')));
    expect(() => readConfig({ ...config, ...plain, ...secrets })).not.toThrow();
    const known: string[] = Object.values(variables).map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining([...Object.keys(config), ...Object.keys(plain)]));
  });

  it.each(pods)(
    '%s runs a file that the build makes, as nobody in particular, and can write nowhere else',
    (_, pod) => {
      const [container] = pod.containers;
      const source = container.command[1]?.replace(/^dist\//, '').replace(/\.js$/, '.ts') ?? '';
      expect(existsSync(path.join(projectRoot, source))).toBe(true);
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

  it('lets processes finish before they are killed', () => {
    for (const [, { terminationGracePeriodSeconds, containers }] of pods.slice(1)) {
      const own = containers[0].env?.find(({ name }) => name === 'SHUTDOWN_GRACE_SECONDS')?.value;
      const graceSeconds = Number(own ?? config['SHUTDOWN_GRACE_SECONDS']);
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(graceSeconds + 10);
    }
  });

  it('lets a worker that is scaled in finish the longest recording', () => {
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

  it.each(['api', 'worker'])('never takes more than one %s away on purpose', (part) => {
    const budget = named('PodDisruptionBudget', `timbre-${part}`).spec as {
      readonly maxUnavailable: number;
      readonly selector: { readonly matchLabels: object };
    };
    const { selector } = named('Deployment', `timbre-${part}`).spec as { readonly selector: object };
    expect(budget.maxUnavailable).toBe(1);
    expect(budget.selector).toEqual(selector);
  });

  it('scales workers one at a time down, and never to none: upkeep runs in them', () => {
    const scaling = named('ScaledObject', 'timbre-worker').spec as ScaledObjectSpec;
    expect(scaling.scaleTargetRef.name).toBe(named('Deployment', 'timbre-worker').metadata.name);
    expect(scaling.minReplicaCount).toBeGreaterThanOrEqual(1);
    const { policies } = scaling.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown;
    expect(policies).toEqual([{ type: 'Pods', value: 1, periodSeconds: 60 }]);
    // A number of replicas in the Deployment would undo what KEDA decided, with every release.
    expect(named('Deployment', 'timbre-worker').spec).not.toHaveProperty('replicas');
  });

  it('asks probes of ports and routes that are there', () => {
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
});
