package dev.socketserver.autoconfigure.framing;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import dev.socketserver.autoconfigure.framing.FramingProperties.Checked;
import dev.socketserver.autoconfigure.framing.FramingProperties.Checksum;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.spec.Suggestions;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.StringUtils;

/**
 * Puts the checksum of a block into the frames of a framing. Its type is the name of a
 * {@code FrameChecksum} bean, else of one that is known.
 */
final class ConfiguredChecksums {

	private static final String KEY = "checksum";

	private static final String TYPE = "checksum.type";

	private final ListableBeanFactory beanFactory;

	ConfiguredChecksums(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	Framing around(FramingBlock block, Framing framing) {
		if (!block.has(KEY)) {
			return framing;
		}
		Checksum keys = block.bind(Checked.class).checksum();
		if (keys == null || keys.type() == null || keys.type().isBlank()) {
			FramingBlock written = block.block(KEY).first();
			throw new InvalidSocketPropertyException(block.property(TYPE), null,
					"a checksum needs a type, as " + written.property() + " is set",
					"Set it to one of " + String.join(", ", CheckedBuilder.types()));
		}
		CheckedBuilder builder = Framings.checked(framing);
		type(block, keys.type(), builder);
		block.set(keys, CheckedBuilder.class, builder, "type", "reply");
		String reply = keys.reply();
		if (StringUtils.hasLength(reply)) {
			builder.reply(PropertyBytes.of(block.property("checksum.reply"), reply).bytes());
		}
		return builder.build();
	}

	private void type(FramingBlock block, String name, CheckedBuilder builder) {
		if (this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, FrameChecksum.class)) {
			builder.type(this.beanFactory.getBean(name, FrameChecksum.class));
			return;
		}
		try {
			builder.type(name);
		}
		catch (InvalidFramingException ex) {
			Set<String> known = new LinkedHashSet<>(CheckedBuilder.types());
			known.addAll(Arrays.asList(this.beanFactory.getBeanNamesForType(FrameChecksum.class, true, false)));
			throw new InvalidSocketPropertyException(block.property(TYPE), name,
					"there is no such checksum, " + Suggestions.sentence(name, known, ""),
					"Use one of " + String.join(", ", CheckedBuilder.types()) + ", or the name of a FrameChecksum bean",
					ex);
		}
	}

}
