import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiSchema } from '@nestjs/swagger';
import { FilePart } from '../body/field-rules.js';
import type { ReceivedFile } from '../body/multipart.js';

/** The form of an uploaded sample. Only multipart can carry it. */
@ApiSchema({ name: 'SampleForm' })
export class UploadSampleDto {
  @FilePart({ required: true, description: 'Audio file of the sample. It is converted to opus 96 kbps mono.' })
  file: ReceivedFile;
}

/**
 * Parses the index of a sample in a URL, which counts from 1. Leading zeros are not allowed, so that every sample has one
 * URL.
 *
 * Anything that is not an index becomes 0, which matches no sample. The pipe does not throw, so that `voice_locked` takes
 * precedence.
 */
@Injectable()
export class SampleIndexPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  }
}
