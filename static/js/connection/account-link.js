/**
 * The links between the chat and the account page, which is another origin with a storage of its own: whoever follows
 * one stays who this tab is, whatever the cookie says. The token stands in the address only while the link is followed.
 */

/** The part of an address that hands a person over. It is never sent to a server. */
export const handover = ({ user, token }) => `#${new URLSearchParams({ user, token })}`;

/** Lets a link lead, while it is followed, to the address that `addressOf(its own address)` gives. */
export function leadsTo(link, addressOf) {
  for (const event of ['click', 'auxclick']) {
    link.addEventListener(event, ({ button }) => {
      // The right button opens a menu, from which an address can be copied.
      if (button > 1) return;
      const plain = link.href;
      link.href = addressOf(plain);
      setTimeout(() => (link.href = plain));
    });
  }
}
