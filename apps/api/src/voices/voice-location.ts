import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#libs/config';
import { CONFIG } from '../app-tokens.js';
import { publicPath } from '../http/public-path.js';

/** Says where voices are found, for `Location`. */
@Injectable()
export class VoiceLocations {
  private readonly base: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.base = `${publicPath(config.publicUrl)}/api/voices`;
  }

  /** Returns the absolute path of a voice as clients see it, behind a proxy that adds a path as well. */
  of(partner: string, voice: string): string {
    return `${this.base}/${partner}/${encodeURIComponent(voice)}`;
  }
}
