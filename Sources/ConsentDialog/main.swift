answerAndExit()
