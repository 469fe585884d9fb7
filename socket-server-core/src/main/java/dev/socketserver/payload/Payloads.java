package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Turns what is to be sent into bytes, whatever type it is of: by the converter of
 * exactly that type, else as the text or bytes that it is, else by the first converter
 * that takes it.
 */
public final class Payloads {

	/**
	 * From this length on, arrays are sent without another copy being made of them. What
	 * is shorter is gathered with what leaves with it, which is cheaper.
	 */
	public static final int LONG_BYTES = 512;

	/** ASCII has the same bytes in all of them. */
	private static final Set<Charset> ASCII = Set.of(StandardCharsets.UTF_8, StandardCharsets.US_ASCII,
			StandardCharsets.ISO_8859_1);

	/**
	 * How many long texts are not looked at before the first that is: to make ready for
	 * them takes the JVM some 20 ms, which those who send few need not pay.
	 */
	private static final int UNSEEN_AT_FIRST = 1_000;

	/** How many are not after one that was not ASCII. */
	private static final int UNSEEN_AFTER_OTHER = 32;

	private final List<PayloadConverter<?>> converters;

	private final PayloadConverter<String> text;

	/** Without a look into the map for what nearly everybody sends. */
	private final boolean plainText;

	/** Whether long texts may leave without an array of their own. */
	private final boolean longTexts;

	/**
	 * How many long texts are not to be looked at: those of one application are much
	 * alike, and a look costs as much as encoding where it finds nothing. Whichever
	 * thread's number wins will do.
	 */
	private int unseen = UNSEEN_AT_FIRST;

	private final Map<Class<?>, PayloadConverter<?>> found = new ConcurrentHashMap<>();

	/**
	 * Creates a converter of what is sent.
	 * @param charset the charset for text
	 * @param converters convert what is neither text nor bytes, the first that fits first
	 */
	public Payloads(Charset charset, List<? extends PayloadConverter<?>> converters) {
		this.text = PayloadConverter.text(charset);
		this.converters = new ArrayList<>(converters);
		this.plainText = converters.stream().noneMatch((converter) -> converter.type() == String.class);
		this.longTexts = this.plainText && ASCII.contains(charset) && LongText.possible();
	}

	/**
	 * Whether a converter is one of ours, which never fail and take no time, so that
	 * frames can be converted where they are cut.
	 * @param converter the converter
	 * @return {@code true} for text, bytes and buffers
	 */
	public static boolean builtIn(PayloadConverter<?> converter) {
		return converter instanceof TextConverter || converter == BytesConverter.INSTANCE
				|| converter == BufferConverter.INSTANCE;
	}

	/**
	 * Returns what is sent for a payload.
	 * @param payload as for {@link #bytes}
	 * @return its bytes, as {@link #bytes} gives them, or a {@link LongText}
	 * @throws IllegalArgumentException as {@link #bytes} does
	 */
	public Object outgoing(Object payload) {
		LongText text = (this.longTexts && payload instanceof String string && LongText.fits(string)) ? longText(string)
				: null;
		return (text != null) ? text : bytes(payload);
	}

	private @Nullable LongText longText(String string) {
		if (this.unseen > 0) {
			this.unseen--;
			return null;
		}
		LongText text = LongText.of(string);
		if (text == null) {
			this.unseen = UNSEEN_AFTER_OTHER;
		}
		return text;
	}

	/**
	 * Returns the bytes of a payload.
	 * @param payload text, {@code byte[]}, {@link ByteBuffer}, whose position stays, or
	 * what a converter takes
	 * @return the bytes, in an array that nobody changes any more if it has
	 * {@link #LONG_BYTES} or more; a shorter one may be the payload itself
	 * @throws IllegalArgumentException if the payload is of another type, or its
	 * converter threw
	 */
	public byte[] bytes(Object payload) {
		if (this.plainText && payload instanceof String string) {
			return string.getBytes(((TextConverter) this.text).charset());
		}
		PayloadConverter<?> converter = this.found.computeIfAbsent(payload.getClass(), this::find);
		if (converter == BytesConverter.INSTANCE && payload instanceof byte[] array && array.length < LONG_BYTES) {
			// Gathering copies it before send returns.
			return array;
		}
		byte[] bytes = write(converter, payload);
		return (bytes == payload && bytes.length >= LONG_BYTES) ? bytes.clone() : bytes;
	}

	private PayloadConverter<?> find(Class<?> type) {
		for (PayloadConverter<?> converter : this.converters) {
			if (converter.type() == type) {
				return converter;
			}
		}
		List<PayloadConverter<?>> candidates = new ArrayList<>(
				List.of(this.text, BytesConverter.INSTANCE, BufferConverter.INSTANCE));
		candidates.addAll(this.converters);
		for (PayloadConverter<?> converter : candidates) {
			if (converter.type().isAssignableFrom(type)) {
				return converter;
			}
		}
		throw new IllegalArgumentException("A payload of type " + type.getName()
				+ " cannot be sent: use String, byte[] or ByteBuffer, or give the server a PayloadConverter for it");
	}

	@SuppressWarnings("unchecked") // found by the payload's class
	private static <T> byte[] write(PayloadConverter<T> converter, Object payload) {
		try {
			return converter.write((T) payload);
		}
		catch (Exception ex) {
			throw new IllegalArgumentException("A payload of type " + payload.getClass().getName()
					+ " could not be converted: the converter threw " + ex.getClass().getSimpleName(), ex);
		}
	}

}
