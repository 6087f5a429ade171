import { Inject, Injectable } from '@nestjs/common';
import { IsOptional, IsString } from 'class-validator';
import type { Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { WholeNumber } from '../body/field-rules.js';

/** The URLs of the API as clients see them. A proxy may put a path before `/api` (PUBLIC_URL). */
@Injectable()
export class PublicUrls {
  /** Absolute, without a slash at its end. */
  readonly api: string;
  /** The path of {@link api}. */
  readonly apiPath: string;

  constructor(@Inject(CONFIG) { publicUrl }: Pick<Config, 'publicUrl'>) {
    this.api = `${publicUrl.replace(/\/+$/, '')}/api`;
    this.apiPath = `${new URL(publicUrl).pathname.replace(/\/+$/, '')}/api`;
  }

  /** Returns the path of a voice, for `Location`. */
  voicePath(partner: string, voice: string): string {
    return `${this.apiPath}/voices/${partner}/${encodeURIComponent(voice)}`;
  }
}

const notACursor = 'cursor must be one that a list has returned';

/** The query of a list that comes in pages. */
export class PageQuery {
  @WholeNumber({ min: 1, max: 1000 })
  limit?: number;

  @IsOptional()
  @IsString({ message: notACursor })
  cursor?: string;
}

/**
 * The cursors of one list. A cursor names the last item of a page in opaque text.
 *
 * @param format distinguishes the cursors of this list, and of this version, from all others
 * @param accepts whether a text can be the key of an item
 */
export class Cursors {
  constructor(
    private readonly format: string,
    private readonly accepts: (key: string) => boolean,
  ) {}

  write(lastKey: string): string {
    return Buffer.from(this.format + lastKey).toString('base64url');
  }

  /**
   * Returns the key in a cursor, or null without a cursor.
   *
   * Compares the cursor with what {@link write} returns, because several texts decode to the same bytes.
   *
   * @throws AppError `invalid_parameter` if the cursor is not from this list
   */
  read(cursor: string | undefined): string | null {
    if (cursor === undefined) return null;
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const key = text.slice(this.format.length);
    if (text.startsWith(this.format) && this.accepts(key) && this.write(key) === cursor) return key;
    throw AppError.field('cursor', notACursor);
  }
}

interface PageOfList<Item> {
  /** Absolute, without a query. */
  readonly url: string;
  readonly limit: number;
  /** The query of this page, without `limit` and `cursor`. */
  readonly filter?: readonly (readonly [name: string, value: string])[];
  readonly cursorOf: (last: Item) => string;
}

/**
 * Returns one page, and adds a `Link` header with the URL of the next page (RFC 8288), if there is one.
 *
 * @param read up to `limit + 1` items: the extra one shows that another page follows
 */
export function pageOf<Item>(response: Response, read: readonly Item[], list: PageOfList<Item>): readonly Item[] {
  const { url, limit, filter = [], cursorOf } = list;
  const page = read.slice(0, limit);
  const last = page.at(-1);
  if (read.length > limit && last !== undefined) {
    const query = new URLSearchParams({ limit: String(limit), cursor: cursorOf(last) });
    for (const [name, value] of filter) query.append(name, value);
    response.setHeader('Link', `<${url}?${query.toString()}>; rel="next"`);
  }
  return page;
}
