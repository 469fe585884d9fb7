package dev.socketserver.framing.builder;

import dev.socketserver.framing.Framing;

/**
 * Describes an existing framing with further keys. What {@link #skip} and {@link #escape}
 * say is done in addition to what the framing does by itself: a framing that escapes
 * already would escape twice. {@link #switchable} replaces its value.
 * <p>
 * For framings of this library that have delimiters, an escape is refused that has a
 * mark, which would not know them, or that sends one of their bytes. Any escape is
 * refused if the length is part of the payload. For a framing that the application
 * implements, none of this can be seen: use pairs for its delimiters.
 */
public final class ExtendingBuilder extends AbstractFramingBuilder<ExtendingBuilder> {

	private final Framing framing;

	ExtendingBuilder(Framing framing) {
		this.framing = framing;
	}

	@Override
	Framing create() {
		return this.framing;
	}

}
