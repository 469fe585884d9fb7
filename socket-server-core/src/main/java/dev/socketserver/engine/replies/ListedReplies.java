package dev.socketserver.engine.replies;

import java.util.Iterator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a list or stream, which may be made only when they are asked for.
 */
final class ListedReplies extends Replies {

	private final Iterator<?> elements;

	private final @Nullable Stream<?> source;

	ListedReplies(Iterator<?> elements, @Nullable Stream<?> source) {
		this.elements = elements;
		this.source = source;
	}

	@Override
	public Next next() {
		return this.elements.hasNext() ? Next.REPLY : Next.NONE;
	}

	@Override
	public Object take() {
		return this.elements.next();
	}

	@Override
	public void close() {
		if (this.source != null) {
			this.source.close();
		}
	}

}
