import { type Context, withSynthesizedApp } from '../../simulator/account/synthesize.ts';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { contextOf, type Scenario } from '../../simulator/scenarios/scenarios.ts';

/** The app as it was synthesized for each context, kept on disk until it is closed. */
export class SynthesizedApps {
  readonly #apps = new Map<string, Promise<SynthesizedApp>>();
  readonly #kept: Promise<void>[] = [];
  readonly #closed = Promise.withResolvers<void>();

  /** Rejects with what the app printed where the synthesis fails; asked again, it tries again. */
  for(scenario: Scenario): Promise<SynthesizedApp> {
    const context = contextOf(scenario);
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
    const kept = withSynthesizedApp(context, async (app) => {
      resolve(app);
      await this.#closed.promise;
    }).catch(reject);
    this.#kept.push(kept);
    return promise;
  }
}
