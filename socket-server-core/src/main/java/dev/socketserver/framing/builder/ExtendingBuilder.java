package dev.socketserver.framing.builder;

import dev.socketserver.framing.Framing;

/**
 * Describes an existing framing with other values of the keys that all framings have.
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
