/** Files of the ways to install it: their own rules, and that what they name is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { variableNames } from '../../src/config/config.js';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const programText = readdirSync(join(root, 'src/cli'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('program.ts'))
  .map((path) => textOf(join('src/cli', path)))
  .join('\n');
const isCommand = (name: string) => programText.includes(`.command('${name}')`);

describe('the image', () => {
  const dockerfile = textOf('Dockerfile').replaceAll(/\\\n/g, ' ');
  const lines = dockerfile.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const of = (word: string) => lines.filter((line) => line.startsWith(`${word} `));
  const ignored = textOf('.dockerignore').split('\n');

  test('is made from a named version of a base', () => {
    expect(of('FROM').length).toBeGreaterThan(0);
    for (const line of of('FROM'))
      expect(line).toMatch(/^FROM (--platform=\$BUILDPLATFORM )?[\w./-]+:\d[\w.-]*( AS \w+)?$/);
  });

  test('runs nothing in its last stage, so that another processor needs no emulation', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));
    expect(last[0]).not.toContain('BUILDPLATFORM');
    expect(last.filter((line) => line.startsWith('RUN '))).toEqual([]);
  });

  test('is run by a user who is not root, given as a number', () => {
    expect(lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')))).toContain('USER 1000:1000');
  });

  test('everything that is copied from the context is there and let through by .dockerignore', () => {
    const sources = of('COPY')
      .filter((line) => !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
      .filter((source) => source !== '.' && !source.includes('*'));
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(ignored).toContain(`!${source}`);
    }
  });

  test('its build sees every file that npm run build needs', () => {
    for (const path of ['src', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.page.json'])
      expect(ignored).toContain(`!${path}`);
  });

  test('nothing is fetched but by npm, and versions are those of the lock file', () => {
    expect(of('ADD')).toEqual([]);
    expect(of('RUN').join('\n')).not.toMatch(/curl|wget|npm (i|install) (?!--omit)/);
    expect(of('RUN').join('\n')).toContain('npm ci --omit=dev');
  });
});

describe('docker compose', () => {
  const { services, volumes } = parse(textOf('docker-compose.yml'));

  test('the extractor runs on a read-only root, without capabilities', () => {
    expect(services.extractor).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true });
    expect(services.extractor.security_opt).toContain('no-new-privileges:true');
  });

  test('Grafana and Prometheus come with their profiles only', () => {
    const profiles = Object.fromEntries(
      Object.entries<{ profiles?: string[] }>(services).map(([name, service]) => [name, service.profiles ?? []]),
    );
    expect(profiles).toEqual({
      postgres: [],
      extractor: [],
      'grafana-login': ['grafana'],
      prometheus: ['grafana', 'prometheus'],
      grafana: ['grafana'],
    });
  });

  test('every file that is mounted is there, every port is this machine’s alone, every image has a version', () => {
    for (const service of Object.values<{ volumes?: string[]; ports?: string[]; image: string; build?: string }>(
      services,
    )) {
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true);
        else expect(Object.keys(volumes)).toContain(source);
      }
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
      if (service.build === undefined) expect(service.image).toMatch(/:v?\d/);
    }
  });

  test('its variables are known to .env.example', () => {
    const names = [...textOf('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
    const example = textOf('.env.example');
    for (const name of names) expect(example).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });
});

interface Pod {
  readonly [key: string]: unknown;
  readonly containers: readonly Container[];
}
interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly securityContext: object;
  readonly livenessProbe?: unknown;
}

describe('kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const kustomization = parse(textOf(`${folder}/kustomization.yaml`));
  const documents = (kustomization.resources as string[]).flatMap((name) =>
    parseAllDocuments(textOf(`${folder}/${name}`)).map((document) => document.toJS()),
  );
  const pods: readonly (readonly [string, Pod])[] = documents.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Deployment') return [[metadata.name, spec.template.spec]];
    return kind === 'CronJob' ? [[metadata.name, spec.jobTemplate.spec.template.spec]] : [];
  });

  test('the kustomization lists every file', () => {
    const files = readdirSync(join(root, folder)).filter((name) => name !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
  });

  test('there are the extractor, a job to prune and one to backfill, a service and a network policy', () => {
    const found = documents.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
    expect(found).toEqual([
      'CronJob/backfill',
      'CronJob/prune',
      'Deployment/extractor',
      'NetworkPolicy/genesys-warehouse',
      'Service/extractor',
      'ServiceAccount/genesys-warehouse',
    ]);
  });

  test.each(pods)('%s has no rights, a read-only root and bounded memory', (_, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toMatch(/^\d+Mi$/);
    }
  });

  test.each(pods)('%s takes its secrets by reference and knows only variables that there are', (_, pod) => {
    for (const { env, args } of pod.containers) {
      for (const { name, value, valueFrom } of env) {
        const isSecret = /SECRET|DATABASE_URL|CLIENT_ID/.test(name);
        expect(isSecret ? valueFrom : value, name).toBeDefined();
        if (name.startsWith('GENESYS')) expect(variableNames).toContain(name);
      }
      expect(isCommand(args[0] ?? ''), args[0]).toBe(true);
    }
    for (const literal of kustomization.configMapGenerator[0].literals as string[])
      expect(variableNames).toContain(literal.split('=')[0]);
  });

  test('the extractor is probed at its service port, which may take its time after an upgrade', () => {
    const [extractor] = pods.find(([name]) => name === 'extractor')?.[1].containers ?? [];
    expect(extractor).toMatchObject({
      livenessProbe: { httpGet: { path: '/healthz', port: 'service' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'service' } },
      startupProbe: { httpGet: { path: '/healthz', port: 'service' } },
    });
  });

  test('what deletes does nothing before somebody switches it on', () => {
    const prune = documents.find(({ metadata }) => metadata.name === 'prune');
    expect(prune.spec.suspend).toBe(true);
  });
});

describe('systemd', () => {
  const unit = textOf('deploy/systemd/genesys-warehouse.service');

  test.each(['NoNewPrivileges=yes', 'ProtectSystem=strict', 'ProtectHome=yes', 'CapabilityBoundingSet=', 'UMask=0077'])(
    'the unit has %s',
    (line) => {
      expect(unit.split('\n')).toContain(line);
    },
  );

  test('a mistake in the configuration is not tried again, everything else is', () => {
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
  });
});
