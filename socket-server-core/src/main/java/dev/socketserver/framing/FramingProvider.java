package dev.socketserver.framing;

import java.nio.charset.Charset;
import java.util.ServiceLoader;

import dev.socketserver.spec.Heartbeat;

/**
 * Creates the built-in framings. It is looked up once by {@link ServiceLoader}, so that
 * what users see of framings does not depend on how these work. Not for applications: a
 * framing of theirs implements {@link Framing}.
 */
public interface FramingProvider {

	/** The only implementation. */
	FramingProvider BUILT_IN = load();

	/**
	 * Creates what {@link Framing#raw()} returns.
	 * @return the framing
	 */
	Framing raw();

	/**
	 * Creates what {@link Framing#line(LineEnding)} returns.
	 * @param ending what is sent at the end of a line
	 * @return the framing
	 */
	Framing line(LineEnding ending);

	/**
	 * Creates what {@link Framing#delimiter} returns.
	 * @param delimiters the delimiters
	 * @return the framing
	 */
	Framing delimiter(String... delimiters);

	/**
	 * Creates what {@link Framing#startEnd(byte[], byte[])} returns.
	 * @param start the start
	 * @param end the end
	 * @return the framing
	 */
	Framing startEnd(byte[] start, byte[] end);

	/**
	 * Creates what {@link Framing#fixed} returns.
	 * @param size the number of bytes
	 * @return the framing
	 */
	Framing fixed(int size);

	/**
	 * Creates what {@link Framing#lengthField()} returns.
	 * @return the builder
	 */
	LengthFieldBuilder lengthField();

	/**
	 * Creates what {@link Framing#headerBlock()} returns.
	 * @return the framing
	 */
	Framing headerBlock();

	/**
	 * Creates what {@link FramingPreset#framing()} returns.
	 * @param preset the preset
	 * @return the framing
	 */
	Framing preset(FramingPreset preset);

	/**
	 * Creates a framing within datagrams.
	 * @param framing the framing of a stream; raw framing has a datagram as a payload
	 * @return the framing
	 */
	Framing datagrams(Framing framing);

	/**
	 * Whether a framing is one within datagrams.
	 * @param framing the framing
	 * @return {@code true} if {@link #datagrams} has created it
	 */
	boolean ofDatagrams(Framing framing);

	/**
	 * Checks that a framing can have heartbeats.
	 * @param heartbeat the heartbeats
	 * @param framing the framing
	 * @param charset the charset of their texts
	 * @throws dev.socketserver.spec.InvalidSpecException if it cannot
	 */
	void check(Heartbeat heartbeat, Framing framing, Charset charset);

	private static FramingProvider load() {
		for (FramingProvider found : ServiceLoader.load(FramingProvider.class,
				FramingProvider.class.getClassLoader())) {
			return found;
		}
		throw new IllegalStateException("there is no META-INF/services/" + FramingProvider.class.getName()
				+ ": whoever merges jars must merge their services, too");
	}

}
