package dev.socketserver.framing.checksum;

import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.OnBad;

/**
 * What the checksum of a framing is, and what becomes of frames where it is wrong.
 *
 * @param checksum computes the checksum
 * @param form how it is written
 * @param place where it is
 * @param strip whether it is no part of payloads
 * @param onBad what becomes of a frame whose checksum is wrong
 * @param reply what is sent back for such a frame that is skipped; empty for nothing
 */
public record ChecksumRule(FrameChecksum checksum, ChecksumForm form, ChecksumPlace place, boolean strip, OnBad onBad,
		byte[] reply) {

}
