/**
 * Workarounds of defects and costs of Netty's transports and event loops. Each names the
 * defect, the version that has it, and the test that fails without it. Uses Netty and the
 * logger, and no other room.
 */
@NullMarked
package dev.socketserver.netty.workaround;

import org.jspecify.annotations.NullMarked;
