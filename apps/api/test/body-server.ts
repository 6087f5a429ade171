import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Module, Param, Post, Res, UseGuards, type CanActivate } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import { pino } from 'pino';
import { CONFIG, readConfig, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { NestLogger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { ScratchFolder } from '#libs/storage';
import { BodyInterceptor, TakesBody } from '../src/body/body.interceptor.js';
import { FilePart } from '../src/body/field-rules.js';
import { FieldsPipe } from '../src/body/fields.pipe.js';
import type { Fields } from '../src/body/fields.js';
import type { ReceivedFile } from '../src/body/multipart.js';
import { EveryErrorFilter } from '../src/errors/every-error.filter.js';
import { prepareHttp } from '../src/server/prepare-http.js';
import { RouteTable } from '../src/errors/route-table.js';
import { followRequests } from '../src/http/follow-requests.js';
import { SplitDto } from '../src/splitting/splitting.dto.js';

/** What the server of {@link startBodyServer} answers about a body. */
export interface Echo {
  readonly fields: Record<string, string>;
  readonly file: { readonly bytes: number; readonly clientName: string; readonly sha256: string } | null;
}

class NobodyMayPass implements CanActivate {
  canActivate(): boolean {
    throw AppError.of('invalid_api_key');
  }
}

class FileDto {
  @FilePart({ required: false, description: 'A file.' })
  file?: ReceivedFile;
}

@Controller()
class BodiesController {
  @Post('files')
  @HttpCode(200)
  @TakesBody({ file: 'sample' })
  async file(@Body() fields: Fields, @Body() { file }: FileDto): Promise<Echo> {
    const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'file'));
    return {
      fields: shown(others),
      file: file ? { ...(await described(file)), clientName: file.clientName } : null,
    };
  }

  @Post('fields')
  @HttpCode(200)
  @TakesBody()
  fields(@Body() fields: Fields): Echo {
    return { fields: shown(fields), file: null };
  }

  @Post('checked')
  @HttpCode(200)
  @TakesBody()
  checked(@Body() fields: SplitDto): SplitDto {
    return fields;
  }

  @Post('refused')
  @TakesBody({ file: 'sample' })
  @UseGuards(new NobodyMayPass())
  refused(): void {
    throw new Error('never reached');
  }

  @Get('unavailable/:code')
  unavailable(@Param('code') code: string): void {
    const cause = Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' });
    if (code === '507') throw AppError.of('insufficient_storage', { causeCode: 'storage_full', cause });
    if (code === '503') throw AppError.of('unavailable', { causeCode: 'postgres_read_only', cause });
    throw AppError.of('unavailable');
  }

  @Get('large')
  large(@Res() response: Response): void {
    response.setHeader('Content-Length', largeBytes);
    Readable.from(largePieces()).pipe(response);
  }

  @Get('defect/:name')
  defect(): void {
    throw new Error('SELECT secret FROM /the/inside');
  }
}

/** The size of the answer to `GET /api/large`: more than all buffers on the way can hold. */
export const largeBytes = 64 * 1024 ** 2;

function* largePieces(): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024);
  for (let sent = 0; sent < largeBytes; sent += piece.length) yield piece;
}

const shown = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? [...value].join() : String(value),
    ]),
  );

async function described(file: ReceivedFile): Promise<{ bytes: number; sha256: string }> {
  const bytes = await readFile(file.path);
  return { bytes: file.bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export interface BodyServer {
  readonly port: number;
  /** Every log line so far. */
  readonly log: () => string;
  readonly metrics: Metrics;
  /** Folders of files that were received and not removed yet. */
  readonly received: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts the HTTP layer of the API with a few routes, without Postgres and Redis, to test it from outside. */
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
      RouteTable,
      EveryErrorFilter,
      { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
      { provide: APP_PIPE, useClass: FieldsPipe },
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
  const metrics = new Metrics('api');
  app.use(followRequests(metrics));
  const stopping = await prepareHttp(app, logger, config);
  await app.listen(0, '127.0.0.1');
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    log: () => lines.join(''),
    metrics,
    received: async () => (await readdir(scratch.folder)).filter((name) => /^[0-9a-f-]{36}$/.test(name)),
    stop: async () => {
      await stopping.stop(app.getHttpServer(), { delaySeconds: 0, graceSeconds: 1 });
      await app.close();
      await scratch.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
