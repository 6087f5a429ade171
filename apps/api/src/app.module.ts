import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '#libs/auth';
import type { Config } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { JobsModule } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { MonitoringModule } from '#libs/monitoring';
import { ServiceModule } from '#libs/service';
import { StorageModule } from '#libs/storage';
import { AccessModule } from './access/access.module.js';
import { AdminModule } from './admin/admin.module.js';
import { ConsentApiModule } from './consent/consent.module.js';
import { EmbeddingsApiModule } from './embeddings/embeddings.module.js';
import { EventsApiModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { HooksModule } from './hooks/hooks.module.js';
import { HttpModule } from './http/http.module.js';
import { ObjectsModule } from './objects/objects.module.js';
import { PartnersApiModule } from './partners/partners.module.js';
import { RecomputeApiModule } from './recompute/recompute.module.js';
import { SamplesApiModule } from './samples/samples.module.js';
import { SpeechApiModule } from './speech/speech.module.js';
import { SplittingApiModule } from './splitting/splitting.module.js';
import { TransferApiModule } from './transfer/transfer.module.js';
import { VoicesApiModule } from './voices/voices.module.js';
import { WebhooksApiModule } from './webhooks/webhooks.module.js';

/** The REST API. openapi.json lists the routes in the order of these modules. */
@Module({
  imports: [
    DatabaseModule,
    StorageModule,
    JobsModule,
    AuthModule,
    MonitoringModule,
    HttpModule,
    AccessModule,
    EventsApiModule,
    VoicesApiModule,
    SamplesApiModule,
    SplittingApiModule,
    EmbeddingsApiModule,
    SpeechApiModule,
    WebhooksApiModule,
    ConsentApiModule,
    TransferApiModule,
    HealthModule,
    HooksModule,
    PartnersApiModule,
    AdminModule,
    RecomputeApiModule,
    ObjectsModule,
  ],
})
export class AppModule {
  static with(config: Config, logger: Logger): DynamicModule {
    return { module: AppModule, imports: [ServiceModule.forRoot({ service: 'api', config, logger })] };
  }
}
