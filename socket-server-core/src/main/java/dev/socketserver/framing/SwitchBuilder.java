package dev.socketserver.framing;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code switch} framing: the first bytes of each frame decide which framing
 * it follows. That framing sees these bytes too.
 * <p>
 * What is sent follows the framing of the first case whose prefix the payload begins
 * with; if there is none {@link #otherwise}; without that the first case's.
 */
public final class SwitchBuilder extends FramingBuilder<SwitchBuilder> {

	private final List<byte[]> prefixes = new ArrayList<>();

	private final List<Framing> framings = new ArrayList<>();

	private @Nullable Framing otherwise;

	SwitchBuilder() {
	}

	/**
	 * Adds one of {@code cases}. The first whose prefix fits is taken.
	 * @param prefix the bytes a frame of this case begins with, as {@link ByteValues}
	 * reads them
	 * @param framing its framing
	 * @return this builder
	 */
	public SwitchBuilder when(String prefix, Framing framing) {
		return when(ByteValues.parse(prefix), framing);
	}

	/**
	 * Adds one of {@code cases}. The first whose prefix fits is taken.
	 * @param prefix the bytes a frame of this case begins with
	 * @param framing its framing
	 * @return this builder
	 */
	public SwitchBuilder when(byte[] prefix, Framing framing) {
		this.prefixes.add(prefix.clone());
		this.framings.add(framing);
		return this;
	}

	/**
	 * {@code otherwise}: the framing of frames that begin in another way. Default none:
	 * they close the session.
	 * @param framing the framing
	 * @return this builder
	 */
	public SwitchBuilder otherwise(Framing framing) {
		this.otherwise = framing;
		return this;
	}

	@Override
	Framing create() {
		throw new UnsupportedOperationException();
	}

}
