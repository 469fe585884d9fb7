package dev.socketserver.examples.hl7;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Repository;

@Repository
class FileMessageStore implements MessageStore {

	private final Path directory;

	FileMessageStore(@Value("${hl7.directory}") Path directory) throws IOException {
		this.directory = Files.createDirectories(directory);
	}

	@Override
	public void store(Hl7Message message) throws IOException {
		byte[] bytes = message.text().getBytes(StandardCharsets.ISO_8859_1);
		// A name of the message itself, such as MSH-10, could be a path.
		Path file = this.directory.resolve(UUID.nameUUIDFromBytes(bytes) + ".hl7");
		Path part = Files.createTempFile(this.directory, "message", ".part");
		try {
			try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
				ByteBuffer buffer = ByteBuffer.wrap(bytes);
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
				channel.force(true);
			}
			Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(part);
		}
		// The new name is in the directory, which is written separately.
		try (FileChannel names = FileChannel.open(this.directory, StandardOpenOption.READ)) {
			names.force(true);
		}
	}

}
