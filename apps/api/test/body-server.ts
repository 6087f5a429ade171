import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { Controller, Get, HttpCode, Module, Post, UseGuards, type CanActivate } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { pino } from 'pino';
import { readConfig, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { NestLogger } from '#libs/logging';
import { ScratchFolder } from '#libs/storage';
import { CONFIG } from '../src/app-tokens.js';
import { BodyReader } from '../src/body/body-reader.js';
import { CheckedFields, ReceivedFields, UploadedFile } from '../src/body/checked.decorator.js';
import type { Fields } from '../src/body/fields.js';
import type { ReceivedFile } from '../src/body/multipart.js';
import { TakesBody } from '../src/body/takes-body.decorator.js';
import { EveryErrorFilter } from '../src/http/every-error.filter.js';
import { prepareHttp } from '../src/http/prepare-http.js';
import { RouteTable } from '../src/http/route-table.js';
import { SplitFields } from '../src/splitting/split-fields.js';

/** What the server of {@link startBodyServer} says of a body. */
export interface Echo {
  readonly fields: Record<string, string>;
  readonly file: { readonly bytes: number; readonly clientName: string; readonly sha256: string } | null;
}

class NobodyMayPass implements CanActivate {
  canActivate(): boolean {
    throw AppError.of('invalid_api_key');
  }
}

@Controller()
class BodiesController {
  @Post('files')
  @HttpCode(200)
  @TakesBody({ file: 'sample' })
  async file(@ReceivedFields() fields: Fields, @UploadedFile() file: ReceivedFile | null): Promise<Echo> {
    return { fields: shown(fields), file: file && { ...(await described(file)), clientName: file.clientName } };
  }

  @Post('fields')
  @HttpCode(200)
  @TakesBody({})
  fields(@ReceivedFields() fields: Fields): Echo {
    return { fields: shown(fields), file: null };
  }

  @Post('checked')
  @HttpCode(200)
  @TakesBody({ fields: SplitFields })
  checked(@CheckedFields(SplitFields) fields: SplitFields): SplitFields {
    return fields;
  }

  @Post('refused')
  @TakesBody({ file: 'sample' })
  @UseGuards(new NobodyMayPass())
  refused(): void {
    throw new Error('never reached');
  }

  @Get('defect/:name')
  defect(): void {
    throw new Error('SELECT secret FROM /the/inside');
  }
}

const shown = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

async function described(file: ReceivedFile): Promise<{ bytes: number; sha256: string }> {
  const bytes = await readFile(file.path);
  return { bytes: file.bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export interface BodyServer {
  readonly port: number;
  /** Every log line so far. */
  readonly log: () => string;
  /** Paths of everything that is received and not removed yet. */
  readonly received: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

/** The API's whole HTTP layer around a few routes, without any service: what its body reading does is seen from outside. */
export async function startBodyServer(environment: Record<string, string> = {}): Promise<BodyServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'timbre-bodies-'));
  const config: Config = readConfig({
    DATABASE_URL: 'postgres://nowhere/none',
    REDIS_URL: 'redis://nowhere',
    RUNPOD_BASE_URL: 'http://localhost',
    RUNPOD_API_KEY: 'none',
    DATA_DIR: dataDir,
    ...environment,
  });
  const scratch = await ScratchFolder.open(config.scratchDir, 'api');

  @Module({
    controllers: [BodiesController],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: ScratchFolder, useValue: scratch },
      BodyReader,
      RouteTable,
      EveryErrorFilter,
      { provide: APP_FILTER, useExisting: EveryErrorFilter },
    ],
  })
  class BodiesModule {}

  const lines: string[] = [];
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(line.toString());
      done();
    },
  });
  const logger = pino({ level: 'trace' }, sink);
  const app = await NestFactory.create<NestExpressApplication>(BodiesModule, {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  const stopping = await prepareHttp(app, logger);
  await app.listen(0, '127.0.0.1');
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    log: () => lines.join(''),
    received: () => readdir(scratch.folder),
    stop: async () => {
      await stopping.stop(app.getHttpServer(), 1);
      await app.close();
      await scratch.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
