package dev.socketserver.guides;

import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FrameChecksum.OnBad;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;

/** ASTM E1381 (LIS1), whose frames have a checksum behind ETX or ETB. */
final class AstmFraming {

	private AstmFraming() {
	}

	/** Frames, and ENQ, ACK, NAK and EOT as one byte each. */
	static Framing create() {
		Framing control = Framing.fixed(1);
		return Framings.switching()
			.when("hex:02",
					Framings.checked(Framing.startEnd("hex:02", "\\r\\n"))
						.type("sum8")
						.form(Form.HEX)
						.onBad(OnBad.SKIP)
						.reply("hex:15")
						.build())
			.when("hex:04", control)
			.when("hex:05", control)
			.when("hex:06", control)
			.when("hex:15", control)
			.build();
	}

}
