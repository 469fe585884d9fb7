package dev.socketserver.payload;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Uses the memory segments of the JDK to find out whether text has as many bytes in UTF-8
 * as characters, and to write such text to any memory: for ASCII without an array, and as
 * fast as memory is read. They are called through a method handle, because this project
 * compiles for Java 17, and Java 22 is the first version that has them. Loading this
 * class takes the JVM some 20 ms.
 */
final class TextSegments {

	private static final Charset UTF_8 = StandardCharsets.UTF_8;

	/**
	 * Has the same bytes for text that has as many bytes as characters in UTF-8. The JDK
	 * copies such text without checking it first.
	 */
	private static final Charset COPIED = StandardCharsets.ISO_8859_1;

	private static final byte NOT_IN_UTF_8 = (byte) 0xFF;

	/** A power of two. */
	private static final int SCRATCHES = 16;

	/** In place of the memory that a thread is using. */
	private static final ByteBuffer IN_USE = ByteBuffer.allocate(0);

	/**
	 * Memory into which text is written to find out how long it is; absent until it is
	 * needed. Virtual threads are too many for each to have its own.
	 */
	private static final AtomicReferenceArray<@Nullable ByteBuffer> SCRATCH = new AtomicReferenceArray<>(SCRATCHES);

	/** {@code (ByteBuffer, String, Charset)void}. */
	private static final @Nullable MethodHandle WRITE;

	static {
		MethodHandle write = null;
		try {
			write = write(MethodHandles.lookup(), Class.forName("java.lang.foreign.MemorySegment"));
			// The JVM links it now, and not in the middle of a write.
			write.invokeExact(ByteBuffer.allocate(1), "", UTF_8);
		}
		catch (Throwable ex) {
			// Whatever this JVM lacks, text is then encoded in the usual way.
			write = null;
		}
		WRITE = write;
	}

	private TextSegments() {
	}

	private static MethodHandle write(MethodHandles.Lookup lookup, Class<?> segment)
			throws ReflectiveOperationException {
		MethodHandle ofBuffer = lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
		MethodHandle setString = lookup.findVirtual(segment, "setString",
				MethodType.methodType(void.class, long.class, String.class, Charset.class));
		return MethodHandles.insertArguments(MethodHandles.filterArguments(setString, 0, ofBuffer), 1, 0L)
			.asType(MethodType.methodType(void.class, ByteBuffer.class, String.class, Charset.class));
	}

	/**
	 * Returns whether text has as many bytes in UTF-8 as characters: all of them are
	 * ASCII, or halves of surrogate pairs, which become question marks.
	 * @param text of {@link LongText#MOST_BYTES} characters at most
	 * @return never {@code true} if this JVM lacks what is needed
	 */
	static boolean hasByteEach(String text) {
		if (WRITE == null) {
			return false;
		}
		int slot = (int) Thread.currentThread().getId() & (SCRATCHES - 1);
		ByteBuffer scratch = SCRATCH.getAndSet(slot, IN_USE);
		if (scratch == IN_USE) {
			return text.getBytes(UTF_8).length == text.length();
		}
		try {
			if (scratch == null) {
				scratch = ByteBuffer.allocate(LongText.SCRATCH_BYTES);
			}
			return hasByteEach(text, scratch);
		}
		finally {
			SCRATCH.set(slot, scratch);
		}
	}

	/**
	 * Returns the same without taking memory from others.
	 * @param text of {@link LongText#MOST_BYTES} characters at most
	 * @param scratch memory for what {@link LongText#measured(ByteBuffer)} needs, which
	 * begins with the bytes of the text afterwards if the result is {@code true}
	 * @return never {@code true} if this JVM lacks what is needed
	 */
	static boolean hasByteEach(String text, ByteBuffer scratch) {
		if (WRITE == null) {
			return false;
		}
		// The zero after the last byte is followed by this mark, unless there are more
		// bytes: none of them is equal to it, nor is their zero.
		int mark = scratch.position() + text.length() + 1;
		scratch.put(mark, NOT_IN_UTF_8);
		write(text, scratch, UTF_8);
		return scratch.get(mark) == NOT_IN_UTF_8;
	}

	/**
	 * Writes text that has as many bytes as characters from the position of a buffer on,
	 * and a zero after it. Only if {@link #hasByteEach} has returned {@code true}.
	 */
	static void write(String text, ByteBuffer target) {
		write(text, target, COPIED);
	}

	private static void write(String text, ByteBuffer target, Charset charset) {
		MethodHandle write = WRITE;
		if (write == null) {
			throw new IllegalStateException("Java " + Runtime.version().feature() + " cannot write text to segments");
		}
		try {
			write.invokeExact(target, text, charset);
		}
		catch (Error | RuntimeException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			// It declares no checked exceptions.
			throw new IllegalStateException(ex);
		}
	}

}
