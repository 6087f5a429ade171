import { Injectable } from '@nestjs/common';
import { DownloadUrls } from '#libs/storage';
import { testSampleName, type AudibleVoice } from '#libs/voices';
import { voiceDetailsDto, type VoiceDetailsDto } from './voice-details.answers.js';

const urlSeconds = 3600;

/** Signs the URLs of a voice's audio, for `audio_urls=true`. */
@Injectable()
export class AudioUrls {
  constructor(private readonly downloads: DownloadUrls) {}

  /** Returns the details of a voice with a URL beside everything that can be heard. */
  detailsDto({ details, audio }: AudibleVoice): VoiceDetailsDto {
    const dto = voiceDetailsDto(details);
    const sign = (key: string, filename: string): string => this.sign(key, `${details.name}-${filename}`);
    return {
      ...dto,
      original_url: audio.originalKey === null ? null : sign(audio.originalKey, 'original.opus'),
      samples: dto.samples.map((sample) => {
        const key = audio.sampleKeys.get(sample.index);
        return key === undefined ? sample : { ...sample, url: sign(key, `${sample.index}.opus`) };
      }),
      embedding_info: dto.embedding_info && {
        ...dto.embedding_info,
        test_samples: dto.embedding_info.test_samples.map((test) => {
          const key = audio.testSampleKeys.get(testSampleName(test.sample_index, test.sentence_index));
          return key === undefined ? test : { ...test, url: sign(key, test.filename) };
        }),
      },
    };
  }

  private sign(key: string, downloadName: string): string {
    const options = { expiresInSeconds: urlSeconds, contentType: 'audio/ogg', downloadName, inline: true };
    return this.downloads.sign(key, options);
  }
}
