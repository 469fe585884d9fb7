package dev.socketserver.handler.key;

/** The word in front of the first blank of a frame that is text already. */
final class WordOfText implements KeyPart<String> {

	@Override
	public int symbol(String text, int index) {
		return (index == text.length()) ? END : WordDiscriminator.symbol(text.charAt(index));
	}

	@Override
	public int[] symbols(String key) {
		return key.chars().toArray();
	}

	@Override
	public String text(String text) {
		int end = 0;
		while (symbol(text, end) != END) {
			end++;
		}
		return Discriminator.normalized(text.substring(0, end));
	}

}
