/** Where a handler of a lab can be made to wait, so that a fault strikes exactly there. */
export const handlerStages = ['downloading', 'embedding', 'testing', 'scoring', 'uploading'] as const;
export type HandlerStage = (typeof handlerStages)[number];
