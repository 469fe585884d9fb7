package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.SocketLetterEvent;
import dev.socketserver.mailbox.delivery.LetterListener;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Publishes letters that have reached their final state.
 *
 * @param context where; not any more once it is closed
 */
record LetterEvents(ConfigurableApplicationContext context) implements LetterListener {

	@Override
	public void ended(Letter letter) {
		if (this.context.isActive()) {
			this.context.publishEvent(new SocketLetterEvent(letter));
		}
	}

}
