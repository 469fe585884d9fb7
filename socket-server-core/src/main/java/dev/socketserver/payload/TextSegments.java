package dev.socketserver.payload;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Uses the memory segments of the JDK to find out how long a text is in UTF-8, and to
 * write it to any memory: both without an array, and for ASCII as fast as memory is read.
 * They are called through method handles, because this project compiles for Java 17, and
 * Java 22 is the first version that has them. Loading this class takes the JVM some 20
 * ms.
 */
final class TextSegments {

	private static final Charset UTF_8 = StandardCharsets.UTF_8;

	/**
	 * {@code (Asked, String, Charset)void}: makes the JDK ask an allocator for memory for
	 * the text.
	 */
	private static final @Nullable MethodHandle SIZE;

	/** {@code (ByteBuffer, String, Charset)void}. */
	private static final @Nullable MethodHandle WRITE;

	static {
		MethodHandle size = null;
		MethodHandle write = null;
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
			Class<?> allocator = Class.forName("java.lang.foreign.SegmentAllocator");
			size = size(lookup, segment, allocator);
			write = write(lookup, segment);
			// The JVM links both now, and not in the middle of a write.
			write.invokeExact(ByteBuffer.allocate(1), "", UTF_8);
		}
		catch (Throwable ex) {
			// Whatever this JVM lacks, text is then encoded in the usual way.
			size = null;
		}
		SIZE = size;
		WRITE = write;
	}

	private TextSegments() {
	}

	private static MethodHandle size(MethodHandles.Lookup lookup, Class<?> segment, Class<?> allocator)
			throws Exception {
		MethodType allocate = MethodType.methodType(segment, long.class, long.class);
		MethodHandle told = lookup.findStatic(TextSegments.class, "told",
				MethodType.methodType(Object.class, Asked.class, long.class, long.class));
		MethodHandle asked = LambdaMetafactory
			.metafactory(lookup, "allocate", MethodType.methodType(allocator, Asked.class), allocate, told, allocate)
			.getTarget();
		MethodHandle text = lookup.findVirtual(allocator, "allocateFrom",
				MethodType.methodType(segment, String.class, Charset.class));
		return MethodHandles.filterArguments(text, 0, asked)
			.asType(MethodType.methodType(void.class, Asked.class, String.class, Charset.class));
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
	 * Implements {@code SegmentAllocator}: remembers the size that is asked for, and then
	 * throws instead of allocating it.
	 */
	private static Object told(Asked asked, long bytes, long unusedAlignment) {
		asked.bytes = bytes;
		throw Told.INSTANCE;
	}

	/**
	 * Returns how many bytes text has in UTF-8.
	 * @return the number, or -1 if this JVM lacks what is needed
	 */
	static int size(String text) {
		MethodHandle size = SIZE;
		if (size == null) {
			return -1;
		}
		Asked asked = new Asked();
		try {
			size.invokeExact(asked, text, UTF_8);
		}
		catch (Told ex) {
			// The JDK adds a zero at the end.
			return (int) asked.bytes - 1;
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		return -1;
	}

	/**
	 * Writes text in UTF-8 from the position of a buffer on, and a zero behind it. Only
	 * if {@link #size} did not return -1.
	 */
	static void write(String text, ByteBuffer target) {
		MethodHandle write = WRITE;
		if (write == null) {
			throw new IllegalStateException("Java " + Runtime.version().feature() + " cannot write text to segments");
		}
		try {
			write.invokeExact(target, text, UTF_8);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
	}

	/** Neither method handle declares checked exceptions. */
	private static RuntimeException unexpected(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException thrown) ? thrown : new IllegalStateException(failure);
	}

	/** Keeps the size that the allocator was asked for. */
	private static final class Asked {

		private long bytes;

	}

	/** Thrown so that nothing is allocated. */
	private static final class Told extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private static final Told INSTANCE = new Told();

		private Told() {
			super(null, null, false, false);
		}

	}

}
