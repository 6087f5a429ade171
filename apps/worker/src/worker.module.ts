import { Module, type DynamicModule } from '@nestjs/common';
import { AUDIO_TOOLS, EncodeSlots, type AudioTools } from '#libs/audio';
import { AuditModule } from '#libs/audit';
import { DatabaseModule } from '#libs/database';
import { GpuModule } from '#libs/embeddings';
import { JobsModule } from '#libs/jobs';
import { MonitoringModule } from '#libs/monitoring';
import { ProcessingModule } from '#libs/processing';
import { RecomputeModule } from '#libs/recompute';
import { RetentionModule } from '#libs/retention';
import { encodeTurns, FFMPEG_TURNS } from '#libs/samples';
import { ServiceModule, type ServiceParts } from '#libs/service';
import { ScratchFolder, StorageModule } from '#libs/storage';
import { WebhookDeliveryModule } from '#libs/webhooks';
import { Consumers } from './consumers.js';
import { Schedule } from './schedule.js';

/** Made before the module, because it takes time or fails with a message of its own. */
export interface WorkerParts extends Omit<ServiceParts, 'service'> {
  readonly tools: AudioTools;
  readonly scratch: ScratchFolder;
}

@Module({})
class PartsModule {
  static with({ config, tools, scratch }: WorkerParts): DynamicModule {
    const slots = new EncodeSlots(config.ffmpegProcesses);
    return {
      module: PartsModule,
      global: true,
      providers: [
        { provide: AUDIO_TOOLS, useValue: tools },
        { provide: ScratchFolder, useValue: scratch },
        { provide: EncodeSlots, useValue: slots },
        { provide: FFMPEG_TURNS, useValue: encodeTurns(slots, tools) },
      ],
      exports: [AUDIO_TOOLS, ScratchFolder, EncodeSlots, FFMPEG_TURNS],
    };
  }
}

/** The worker: the API minus HTTP, plus the steps of jobs. */
@Module({})
export class WorkerModule {
  static forRoot(parts: WorkerParts): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ServiceModule.forRoot({ service: 'worker', config: parts.config, logger: parts.logger }),
        PartsModule.with(parts),
        DatabaseModule,
        StorageModule,
        JobsModule,
        MonitoringModule,
        AuditModule,
        RetentionModule,
        GpuModule,
        ProcessingModule,
        RecomputeModule,
        WebhookDeliveryModule,
      ],
      providers: [Consumers, Schedule],
    };
  }
}
