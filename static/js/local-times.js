/**
 * Tells the times of a page in the reader's zone. Without it they stand there in UTC, which they say.
 */

const inWords = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
});

/** Tells them. */
export function tellLocalTimes(document) {
  for (const time of document.querySelectorAll('time[datetime]')) {
    time.textContent = inWords.format(new Date(time.dateTime));
  }
}

tellLocalTimes(document);
