package dev.socketserver.framing;

/**
 * Gives an existing framing the keys that all have.
 */
public final class ExtendingBuilder extends FramingBuilder<ExtendingBuilder> {

	private final Framing framing;

	ExtendingBuilder(Framing framing) {
		this.framing = framing;
	}

	@Override
	Framing create() {
		return this.framing;
	}

}
