/** What the page promises to those who use it by keyboard, by ear or without motion, and where news are said. */
export function AccessibilityContract({ announcement }: { readonly announcement: string }) {
  return (
    <section
      id="tau-ops-accessibility-contract"
      aria-label="Announcements"
      className="sr-only"
      data-axe-contract="required"
      data-keyboard-navigation="true"
      data-focus-visible-contract="true"
      data-reduced-motion-contract="prefers-reduced-motion"
      data-reduced-motion-behavior="suppress-nonessential-animation"
    >
      <p id="tau-ops-live-announcer" aria-live="polite" aria-atomic="true">
        {announcement}
      </p>
    </section>
  );
}

/** The budgets that the page is measured against. */
export function PerformanceContract() {
  return (
    <section
      id="tau-ops-performance-contract"
      hidden
      data-lcp-budget-ms="1500"
      data-layout-shift-budget="0.00"
      data-layout-shift-mitigation="skeletons"
      data-websocket-process-budget-ms="50"
    />
  );
}
