import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { availableParallelism } from 'node:os';
import { BehaviourBook } from './behaviours/behaviour-book.js';
import { ControlController } from './behaviours/control.controller.js';
import { InstantEngine } from './behaviours/instant-engine.js';
import { EMULATOR_OPTIONS, type EmulatorOptions } from './emulator-options.js';
import { AcousticEngine } from './engine/acoustic-engine.js';
import { EngineThreadClient } from './engine/engine-thread-client.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { speechOf, type Synthesiser } from './engine/speech/speech.js';
import { ApiKeyGuard } from './protocol/api-key.guard.js';
import { ErrorFilter } from './protocol/error.filter.js';
import { HandlerCaller } from './protocol/handler-caller.js';
import { JobRunner } from './protocol/job-runner.js';
import { JobStore } from './protocol/job-store.js';
import { RunpodController } from './protocol/runpod.controller.js';
import { WebhookSender } from './protocol/webhook-sender.js';
import { WorkerPool } from './worker-side/worker-pool.js';
import { WorkerSideController } from './worker-side/worker-side.controller.js';

/** Emulates RunPod's API, runs the handler, and lets tests make both misbehave. */
@Module({})
export class EmulatorModule implements OnApplicationShutdown {
  constructor(private readonly thread: EngineThreadClient) {}

  static with(options: EmulatorOptions, synthesiser: Synthesiser): DynamicModule {
    const espeakPath = synthesiser.kind === 'package' ? synthesiser.path : null;
    const thread = new EngineThreadClient(options.engineThread, { espeakPath });
    const ffmpeg = new Ffmpeg(options.ffmpegPath, availableParallelism());
    return {
      module: EmulatorModule,
      controllers: [RunpodController, WorkerSideController, ControlController],
      providers: [
        { provide: EMULATOR_OPTIONS, useValue: options },
        { provide: EngineThreadClient, useValue: thread },
        { provide: AcousticEngine, useValue: new AcousticEngine(thread, ffmpeg, speechOf(synthesiser, thread)) },
        { provide: InstantEngine, useValue: new InstantEngine(ffmpeg) },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        BehaviourBook,
        HandlerCaller,
        JobRunner,
        JobStore,
        WebhookSender,
        WorkerPool,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.thread.stop();
  }
}
