/** How often what is beside the list is renewed: totals and sessions are absolute values, so nothing is missed between. */
export const SAMPLE_MS = 250;
