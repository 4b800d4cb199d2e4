/** Headings of columns in the field's own words; what is not listed is made from the name. */
const labels: Readonly<Record<string, string>> = {
  average_handle_seconds: 'AHT',
  average_answer_seconds: 'ASA',
  average_talk_seconds: 'Talk time',
  average_hold_seconds: 'Hold time',
  average_acw_seconds: 'After-call work',
  median_handle_seconds: 'Median handle time',
  service_level_rate: 'Service level',
  service_level_target_rate: 'Target',
  service_level_target_seconds: 'Target time',
  acw_seconds: 'After-call work',
  coverage_rate: 'Wrap-up coverage',
  offered_before_count: 'Offered a week before',
  interval_local: 'Interval',
  minute_of_day: 'Time',
  wrapup_cause: 'Cause',
  user_name: 'Agent',
  queue_name: 'Queue',
  media_type: 'Media type',
  over_sla_count: 'Over SLA',
  p50_answer_seconds: 'Median wait',
};

const endings = /_(count|seconds|rate|local|at|id)$/;

/** `Longest wait` of `longest_wait_seconds`. */
export function labelOf(name: string): string {
  const known = labels[name];
  if (known !== undefined) return known;
  const words = name.replace(endings, '').replace(/^is_/, '').replaceAll('_', ' ');
  const suffix = name.endsWith('_rate') ? ' rate' : '';
  return words.charAt(0).toUpperCase() + words.slice(1) + suffix;
}

const mediaLabels: Readonly<Record<string, string>> = {
  voice: 'Voice',
  callback: 'Callback',
  message: 'Message',
  email: 'E-mail',
  chat: 'Chat',
  cobrowse: 'Co-browse',
  screenshare: 'Screen share',
};

export function mediaLabel(media: string | null): string {
  return media === null ? 'Unknown' : (mediaLabels[media] ?? media);
}

/** `Time ran out` reads better than `acw_timeout`, but the word is what reports hold: it is shown as it is, spaced. */
export function causeLabel(cause: string): string {
  const words = cause
    .replaceAll('_', ' ')
    .replace(/\bacw\b/, 'after-call work')
    .replace(/\bacd\b/, 'ACD')
    .replace(/\bivr\b/, 'IVR');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
