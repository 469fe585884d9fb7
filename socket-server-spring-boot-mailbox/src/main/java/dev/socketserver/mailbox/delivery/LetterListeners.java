package dev.socketserver.mailbox.delivery;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.Letter;

/**
 * Notifies several listeners, one after the other.
 *
 * @param source gives them, always the same
 */
public record LetterListeners(Supplier<List<LetterListener>> source) implements LetterListener {

	private static final SafeLogger logger = SafeLogger.of(LetterListeners.class);

	@Override
	public void posted(Letter letter) {
		notifyEach((listener) -> listener.posted(letter));
	}

	@Override
	public void sent(Letter letter) {
		notifyEach((listener) -> listener.sent(letter));
	}

	@Override
	public void ended(Letter letter) {
		notifyEach((listener) -> listener.ended(letter));
	}

	private void notifyEach(Consumer<LetterListener> call) {
		for (LetterListener listener : this.source.get()) {
			try {
				call.accept(listener);
			}
			catch (Throwable ex) {
				logger.error("Listener {} of letters failed", listener.getClass().getName(), ex);
			}
		}
	}

}
