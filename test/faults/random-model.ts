import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { RealTimbre } from '../support/model-command.js';
import { compareAll, contractCommands, type ContractRun } from '../support/model-commands.js';
import type { ContractModel } from '../support/model.js';
import { expectNothingLeft } from './collection.js';
import type { Fault } from './fault.js';
import type { Lab } from './lab.js';

/** The faults that may occur between two requests. */
function disastersOf(lab: Lab): RealTimbre['disasters'] {
  return {
    'kill -9 the worker': async () => {
      lab.worker.kill('SIGKILL');
      await lab.worker.ended;
      await lab.worker.start();
    },
    'kill -9 the API': async () => {
      lab.api.kill('SIGKILL');
      await lab.api.ended;
      await lab.api.start();
    },
    FLUSHALL: async () => {
      const redis = new Redis(lab.valkeyPort, '127.0.0.1');
      await redis.flushall();
      redis.disconnect();
    },
    'restart Redis': async () => {
      await lab.valkey.stop();
      await lab.valkey.start();
    },
  };
}

const randomModel: Fault = {
  name: 'random-model',
  fault: 'random API calls, kills and flushes for 5 minutes, against a model of the contract',
  passesWhen: '0 differences',
  inShort: '20 s',
  longSeconds: 310,
  round: async (lab, round) => {
    const recordings = [
      { file: lab.recordings.tiny, seconds: 2 },
      { file: lab.recordings.minute, seconds: 75 },
    ];
    const disasters = disastersOf(lab);
    let requests = 0;
    const compareOnce = async (commands: ContractRun): Promise<void> => {
      const real: RealTimbre = { partner: await lab.partner(), recordings, disasters, sent: [] };
      const model: ContractModel = { voices: new Map(), webhooks: [] };
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await compareAll(model, real);
      requests += [...commands].length;
    };
    const property = fc.asyncProperty(contractCommands(Object.keys(disasters), 30), compareOnce);
    const until = performance.now() + round.pick(20_000, 300_000);
    // Timing differs between runs, so a shrunk sequence may not fail again. The first failing sequence is reported.
    do await fc.assert(property, { numRuns: 1, endOnFailure: true, verbose: true });
    while (performance.now() < until);
    await expectNothingLeft(lab);
    return { note: `${requests} random steps, 0 differences` };
  },
};

export const randomModelFaults: readonly Fault[] = [randomModel];
