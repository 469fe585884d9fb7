package dev.socketserver.engine.handlers;

import java.util.Iterator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a list or stream, which may be made only when they are asked for.
 */
final class ListedReplies extends Replies {

	private final Iterator<?> elements;

	private final @Nullable Stream<?> source;

	ListedReplies(ReplySender sender, Iterator<?> elements, @Nullable Stream<?> source) {
		super(sender);
		this.elements = elements;
		this.source = source;
	}

	@Override
	boolean send() {
		while (this.elements.hasNext()) {
			if (!sender().hasRoom()) {
				return false;
			}
			if (!sender().send(this.elements.next())) {
				return true;
			}
		}
		return true;
	}

	@Override
	void close() {
		if (this.source != null) {
			this.source.close();
		}
	}

}
