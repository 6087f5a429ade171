import 'reflect-metadata';
import { waitForSchema } from '#libs/database';
import { Health } from '#libs/monitoring';
import { runService } from '#libs/service';
import { createApp } from './create-app.js';

runService('api', async ({ config, logger }) => {
  await waitForSchema(config, logger);
  const { app, stopping } = await createApp(config, logger);
  await app.listen(config.port, config.host);
  return {
    readyLine: { url: await app.getUrl() },
    delaySeconds: config.shutdownDelaySeconds,
    stop: async (delaySeconds) => {
      app.get(Health).stop();
      await stopping.stop(app.getHttpServer(), { delaySeconds, graceSeconds: config.shutdownGraceSeconds });
      await app.close();
    },
  };
});
