import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import type { ProcessingStatus } from '#libs/database';
import { isLabel, maxLabels, voiceSorts, type VoiceSearch, type VoiceSort } from '#libs/voices';
import { IfGiven, OptionalChoice, OptionalText } from '../body/field-rules.js';
import { PageQuery } from '../http/links.js';
import { CursorQuery } from '../openapi/parameters.js';
import { statuses } from './voice-properties.js';

const orders = ['asc', 'desc'] as const;
const longestText = 255;

const areLabels = {
  name: 'areLabels',
  validator: {
    validate: (value: unknown) =>
      Array.isArray(value) &&
      value.length <= maxLabels &&
      value.every((each: unknown) => typeof each === 'string' && isLabel(each)),
  },
};

/** Without `limit` the list has one page. */
export class ListVoicesQuery extends PageQuery {
  @OptionalText(longestText)
  q?: string;

  @Transform(({ value }: TransformFnParams): unknown => (value === undefined || Array.isArray(value) ? value : [value]))
  @IfGiven()
  @ValidateBy(areLabels, {
    message: `label must have the form key:value, like project:audiobook, and may be given ${maxLabels} times`,
  })
  label?: string[];

  @OptionalChoice(statuses)
  status?: ProcessingStatus;

  @OptionalChoice(voiceSorts)
  sort?: VoiceSort;

  @OptionalChoice(orders)
  order?: (typeof orders)[number];
}

/** Returns which voices a query asks for, and in which order. */
export function searchOf({ q, label, status, sort = 'name', order }: ListVoicesQuery): VoiceSearch {
  return {
    ...(q !== undefined && { text: q }),
    ...(label !== undefined && { labels: label }),
    ...(status !== undefined && { status }),
    sort,
    isDescending: order === 'desc',
  };
}

/** Returns the parameters that every page of this list has. */
export function filterOf({ q, label = [], status, sort, order }: ListVoicesQuery): (readonly [string, string])[] {
  const single = Object.entries({ q, status, sort, order });
  return [
    ...single.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ...label.map((each) => ['label', each] as const),
  ];
}

/** Documents the query of the list. */
export const ListVoicesParameters = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'q',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: longestText, example: 'speaker' },
      description: 'Returns only voices whose name contains this text, in upper or lower case.',
    }),
    ApiQuery({
      name: 'label',
      required: false,
      schema: {
        type: 'array',
        maxItems: maxLabels,
        items: { type: 'string', pattern: '^[a-z0-9_.-]{1,40}:.{1,100}$' },
        example: ['project:audiobook'],
      },
      description:
        'Returns only voices with this label, written as `key:value`. Repeat it for voices that have them all.',
    }),
    ApiQuery({
      name: 'status',
      required: false,
      enum: statuses,
      enumName: 'ProcessingStatus',
      description: 'Returns only voices whose splitting or embedding has this status.',
    }),
    ApiQuery({
      name: 'sort',
      required: false,
      enum: voiceSorts,
      enumName: 'VoiceSort',
      description: 'What the voices are ordered by; default `name`. Names are ordered by code point.',
    }),
    ApiQuery({
      name: 'order',
      required: false,
      enum: orders,
      enumName: 'SortOrder',
      description: 'Whether the list ascends (the default) or descends.',
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000 },
      description: 'Maximum number of voices in a page. All voices are returned if omitted.',
    }),
    CursorQuery(),
  );
