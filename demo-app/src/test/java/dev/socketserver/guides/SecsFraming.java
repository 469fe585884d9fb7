package dev.socketserver.guides;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.builder.Framings;

/** SECS-I (SEMI E4) over TCP: ENQ, EOT, ACK and NAK as one byte each, and blocks. */
class SecsFraming implements Framing {

	private final Framing control = Framing.fixed(1);

	private final Framing blocks = Framings.checked(Framing.lengthField().width(1).after(2).build())
		.type("sum16")
		.build();

	@Override
	public String type() {
		return "secs";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		FrameDecoder control = this.control.decoder(maxFrameBytes);
		FrameDecoder blocks = this.blocks.decoder(maxFrameBytes);
		return new FrameDecoder() {

			/** Behind an ENQ comes a block, whose length may look like a NAK. */
			private boolean block;

			@Override
			public boolean next(FrameInput in) throws FramingException {
				boolean found = (this.block ? blocks : control).next(in);
				if (found) {
					this.block = !this.block && in.array()[in.frameStart()] == 0x05;
				}
				return found;
			}

			@Override
			public boolean recover(FrameInput in) {
				in.reply(new byte[] { 0x15 });
				this.block = false;
				return true;
			}

		};
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		((payload.length > 1) ? this.blocks : this.control).encode(payload, out);
	}

}
