package dev.socketserver.autoconfigure.framing;

import java.nio.ByteOrder;
import java.util.List;

import dev.socketserver.autoconfigure.framing.FramingBlock.Bytes;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.DelimiterBuilder;
import dev.socketserver.framing.builder.FixedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.HeaderBlockBuilder;
import dev.socketserver.framing.builder.LineBuilder;
import dev.socketserver.framing.builder.StartEndBuilder;

/**
 * Hands the keys of a framing block to the builder of its type.
 */
final class FramingBuilders {

	private FramingBuilders() {
	}

	static LineBuilder line(FramingBlock block) {
		LineBuilder builder = Framings.line();
		block.text("ending", (ending) -> builder.ending(LineEnding.of(ending)));
		block.value("strict", Boolean.class, builder::strict);
		block.value("lone-cr", Boolean.class, builder::loneCarriageReturn);
		return builder;
	}

	static LengthFieldBuilder lengthField(FramingBlock block) {
		LengthFieldBuilder builder = Framings.lengthField();
		block.value("offset", Integer.class, builder::offset);
		block.value("width", Integer.class, builder::width);
		block.value("encoding", LengthEncoding.class, builder::encoding);
		block.value("byte-order", FramingProperties.ByteOrder.class, (order) -> builder
			.byteOrder((order == FramingProperties.ByteOrder.LITTLE) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
		block.value("adjust", Integer.class, builder::adjust);
		block.value("strip", Integer.class, builder::strip);
		block.text("after", (after) -> {
			if (after.matches(" +")) {
				throw new InvalidSocketPropertyException(block.property("after"), after, "it must not be blank",
						"Write how many bytes follow, or a space as \"hex:20\"");
			}
			if (after.matches("-?[0-9]+")) {
				block.value("after", Integer.class, builder::after);
			}
			else {
				block.bytes("after", builder::after);
			}
		});
		block.bytes("terminator", builder::terminator);
		block.value("zero", ZeroLength.class, builder::zero);
		block.value("on-send", OnSend.class, builder::onSend);
		return builder;
	}

	static FixedBuilder fixed(FramingBlock block) {
		FixedBuilder builder = Framings.fixed();
		block.value("size", Integer.class, builder::size);
		return builder;
	}

	static DelimiterBuilder delimiter(FramingBlock block) {
		DelimiterBuilder builder = Framings.delimiter();
		List<Bytes> delimiters = block.listOfBytes("delimiters");
		for (Bytes delimiter : delimiters) {
			if (delimiter.bytes().length == 0) {
				// The framing would refuse it too, but could not say which one it is.
				throw new InvalidSocketPropertyException(delimiter.property(), delimiter.text(),
						"must have at least one byte", "Change " + delimiter.property());
			}
		}
		builder.delimiters(delimiters.stream().map(Bytes::bytes).toList());
		block.value("keep", Boolean.class, builder::keep);
		return builder;
	}

	static StartEndBuilder startEnd(FramingBlock block) {
		StartEndBuilder builder = Framings.startEnd();
		block.bytes("start", builder::start);
		block.bytes("end", builder::end);
		block.value("resync", Boolean.class, builder::resync);
		return builder;
	}

	static HeaderBlockBuilder headerBlock(FramingBlock block) {
		HeaderBlockBuilder builder = Framings.headerBlock();
		block.text("length-header", builder::lengthHeader);
		return builder;
	}

	static Escape escape(FramingBlock block) {
		FramingBlock escape = block.block("escape");
		List<FramingBlock> pairs = block.blocks("escape");
		boolean mark = escape.has("mark") || escape.has("mask");
		if (pairs.isEmpty() == !mark) {
			throw new InvalidSocketPropertyException(escape.property(), escape.written(),
					"it must be a list or a block", "Write a list of from and to, or mark and mask");
		}
		if (mark) {
			return Escape.mark(single(escape, "mark"), escape.has("mask") ? single(escape, "mask") : 0);
		}
		return Escape.pairs(pairs.stream().map(FramingBuilders::pair).toList());
	}

	private static Escape.Pair pair(FramingBlock block) {
		byte[] from = block.requiredBytes("from");
		byte[] to = block.requiredBytes("to");
		try {
			return Escape.pair(from, to);
		}
		catch (InvalidFramingException ex) {
			String key = ex.key().substring("escape.".length());
			throw new InvalidSocketPropertyException(block.property(key), block.text(key), ex.rule(),
					"Change " + block.property(key), ex);
		}
	}

	private static int single(FramingBlock block, String key) {
		byte[] bytes = block.requiredBytes(key);
		if (bytes.length != 1) {
			throw new InvalidSocketPropertyException(block.property(key), block.text(key), "it must be one byte",
					"Write one byte, such as \"hex:7d\"");
		}
		return bytes[0] & 0xFF;
	}

}
