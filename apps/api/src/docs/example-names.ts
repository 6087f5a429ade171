/** The partner and voice that `npm start` makes: every example works against them as it stands. */
export const examplePartner = 'demo';
export const exampleVoice = 'speaker-1';
