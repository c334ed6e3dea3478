import type { Environment } from '../../simulator/cloudformation.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { type Context, withSynthesizedApp } from '../../simulator/synthesize.ts';
import type { SynthesizedApp } from '../../simulator/synthesized-app.ts';

/** The app as it was synthesized for each context, kept on disk until it is closed. */
export class SynthesizedApps {
  readonly #environment: Environment;
  readonly #apps = new Map<string, Promise<SynthesizedApp>>();
  readonly #kept: Promise<void>[] = [];
  readonly #closed = Promise.withResolvers<void>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Rejects with what the app printed where the synthesis fails; asked again, it tries again. */
  for({ groupTag }: Scenario): Promise<SynthesizedApp> {
    const context: Context = groupTag === undefined ? {} : { groupTag };
    const key = JSON.stringify(context);
    const app = this.#apps.get(key) ?? this.#synthesize(context);
    this.#apps.set(key, app);
    app.catch(() => this.#apps.delete(key));
    return app;
  }

  /** Removes what was synthesized. */
  async close(): Promise<void> {
    this.#closed.resolve();
    await Promise.all(this.#kept);
  }

  #synthesize(context: Context): Promise<SynthesizedApp> {
    const { promise, resolve, reject } = Promise.withResolvers<SynthesizedApp>();
    const kept = withSynthesizedApp(context, this.#environment, async (app) => {
      resolve(app);
      await this.#closed.promise;
    }).catch(reject);
    this.#kept.push(kept);
    return promise;
  }
}
