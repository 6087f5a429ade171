import { Module } from '@nestjs/common';
import { RunpodModule } from '#libs/runpod';
import { UsageModule } from '#libs/usage';
import { EmbeddingResults } from '../embedding-results.js';
import { SpeechBody } from '../speech/speech-body.js';
import { SpeechCollector } from '../speech/speech-collector.js';
import { SpeechesRepository } from '../speech/speeches.repository.js';
import { GpuCanceller } from './cancellations.js';
import { CollectStep } from './collect.step.js';
import { DeliveredObjects } from './delivered-objects.js';
import { GpuWait } from './gpu-wait.js';
import { PollStep } from './poll.step.js';
import { SubmissionBody } from './submission-body.js';
import { SubmitStep } from './submit.step.js';

/** The steps of jobs that run on a GPU, for workers. */
@Module({
  imports: [RunpodModule, UsageModule],
  providers: [
    EmbeddingResults,
    GpuCanceller,
    GpuWait,
    DeliveredObjects,
    SpeechBody,
    SpeechCollector,
    SpeechesRepository,
    SubmissionBody,
    SubmitStep,
    PollStep,
    CollectStep,
  ],
  exports: [GpuCanceller, SubmitStep, PollStep, CollectStep],
})
export class GpuModule {}
