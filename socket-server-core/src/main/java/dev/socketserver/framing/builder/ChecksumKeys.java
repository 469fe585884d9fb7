package dev.socketserver.framing.builder;

import java.nio.ByteOrder;

import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FrameChecksum.OnBad;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.checksum.ChecksumForm;
import dev.socketserver.framing.checksum.ChecksumPlace;
import dev.socketserver.framing.checksum.ChecksumRule;
import dev.socketserver.framing.wrapper.ChecksumFraming;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a checksum, of which some may be left to a preset.
 */
record ChecksumKeys(FrameChecksum type, @Nullable Form form, ByteOrder byteOrder, @Nullable Integer at,
		@Nullable Integer from, @Nullable Integer to, boolean strip, OnBad onBad, byte[] reply) {

	/**
	 * Returns keys with what a preset knows.
	 * @param form the form
	 * @param end where the checksum ends in the payload, from its end
	 * @param from the first byte of the frame that it covers
	 * @param gap how many bytes in front of the checksum it does not cover, as a negative
	 * number
	 */
	ChecksumKeys unlessSet(Form form, int end, int from, int gap) {
		Form known = (this.form != null) ? this.form : form;
		int place = end - new ChecksumForm(known, this.byteOrder, length()).width();
		Integer at = (this.at != null) ? this.at : Integer.valueOf(place);
		Integer to = (this.to != null || gap == 0) ? this.to : Integer.valueOf(at + gap);
		return new ChecksumKeys(this.type, known, this.byteOrder, at, (this.from != null) ? this.from : from, to,
				this.strip, this.onBad, this.reply);
	}

	private int length() {
		int length = this.type.length();
		InvalidFramingException.check(length >= 1 && length <= Long.BYTES, "checksum.type", length,
				"a checksum has 1 to 8 bytes");
		return length;
	}

	/** Puts the checksum into the frames of a framing. */
	Framing around(Framing framing) {
		ChecksumForm form = new ChecksumForm((this.form != null) ? this.form : Form.BINARY, this.byteOrder, length());
		ChecksumPlace place = new ChecksumPlace((this.at != null) ? this.at : -form.width(), this.from, this.to);
		ChecksumFraming checked = new ChecksumFraming(framing,
				new ChecksumRule(this.type, form, place, this.strip, this.onBad, this.reply));
		ChecksumFraming.Problem problem = checked.problem();
		if (problem != null) {
			Object value = switch (problem.key()) {
				case "checksum.from" -> this.from;
				case "checksum.to" -> this.to;
				default -> place.at();
			};
			InvalidFramingException.check(false, problem.key(), value, problem.reason());
		}
		return checked;
	}

}
