/** Objects of Kubernetes against the API's own schemas. */
import { installTool } from '../../support/tools.js';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

/** Throws where an object is not valid by the schema of its kind. */
export async function validate(manifest: Manifest): Promise<void> {
  const models = await installTool('kubernetes-models@4.5.1');
  const kinds = (await import(`${models}/${manifest.apiVersion}/${manifest.kind}.js`)).default;
  new kinds[manifest.kind](manifest).validate();
}
